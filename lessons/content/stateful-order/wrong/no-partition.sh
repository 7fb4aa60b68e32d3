# step: one
kubectl set image statefulset/db db=sim.tabernetes.dev/web:v2
