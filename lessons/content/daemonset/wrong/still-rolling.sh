# step: on-delete
kubectl set image daemonset/agent agent=sim.tabernetes.dev/web:v4
