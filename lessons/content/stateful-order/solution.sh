# step: one
kubectl patch statefulset db --patch '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}'

kubectl set image statefulset/db db=sim.tabernetes.dev/web:v2

# step: rest
kubectl patch statefulset db --patch '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'

# step: break
kubectl set image statefulset/db db=sim.tabernetes.dev/web:v22

# step: rollback
kubectl rollout undo statefulset/db
sleep 15; kubectl get pods

kubectl delete pod db-2
