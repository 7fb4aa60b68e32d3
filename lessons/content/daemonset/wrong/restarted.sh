# step: on-delete
kubectl patch daemonset agent --patch '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'

kubectl rollout restart daemonset/agent
