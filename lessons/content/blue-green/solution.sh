# step: green
kubectl apply -f green.yaml

# step: switch
kubectl patch service tickets --patch '{"spec":{"selector":{"track":"green"}}}'

# step: back
kubectl patch service tickets --patch '{"spec":{"selector":{"track":"blue"}}}'

# step: canary
kubectl scale deployment/green --replicas=1

kubectl scale deployment/blue --replicas=9

kubectl rollout status deployment/blue

kubectl patch service tickets --patch '{"spec":{"selector":{"track":null}}}'
