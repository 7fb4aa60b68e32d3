# step: batch
kubectl rollout resume deployment/blog

kubectl set image deployment/blog blog=sim.tabernetes.dev/web:v2

kubectl set env deployment/blog THEME=dark

kubectl set resources deployment/blog --requests=cpu=50m,memory=32Mi
