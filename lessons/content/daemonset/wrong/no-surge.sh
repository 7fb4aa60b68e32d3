# step: surge
kubectl set image daemonset/agent agent=sim.tabernetes.dev/web:v3
