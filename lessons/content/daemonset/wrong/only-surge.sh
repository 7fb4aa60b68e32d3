# step: surge
kubectl patch daemonset agent --patch '{"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":1}}}}'
