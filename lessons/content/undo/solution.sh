# step: three
kubectl set image deployment/web web=sim.tabernetes.dev/web:v2

kubectl rollout status deployment/web

kubectl set image deployment/web web=sim.tabernetes.dev/web:v3

# step: back
kubectl rollout undo deployment/web --to-revision=1
