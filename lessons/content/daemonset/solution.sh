# step: default
kubectl set image daemonset/agent agent=sim.tabernetes.dev/web:v2

kubectl rollout status daemonset/agent

# step: surge
kubectl patch daemonset agent --patch '{"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}'

kubectl set image daemonset/agent agent=sim.tabernetes.dev/web:v3

kubectl rollout status daemonset/agent

# step: on-delete
kubectl patch daemonset agent --patch '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'

kubectl set image daemonset/agent agent=sim.tabernetes.dev/web:v4

sleep 30

kubectl delete $(kubectl get pods -o name | head -n 1)

# step: rest
kubectl patch daemonset agent --patch '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'

kubectl rollout status daemonset/agent
