# step: one
kubectl set image deployment/web web=sim.tabernetes.dev/web:v2

# step: five
kubectl scale deployment/web --replicas=5

kubectl rollout status deployment/web

kubectl set image deployment/web web=sim.tabernetes.dev/web:v3

# step: ten
kubectl scale deployment/web --replicas=10

kubectl rollout status deployment/web

kubectl set image deployment/web web=sim.tabernetes.dev/web:v4
