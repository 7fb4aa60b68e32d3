# step: switch
kubectl delete deployment blue

sleep 15

kubectl patch service tickets --patch '{"spec":{"selector":{"track":"green"}}}'
