# step: break
kubectl set image deployment/web web=sim.tabernetes.dev/web:v2

kubectl rollout status deployment/web
