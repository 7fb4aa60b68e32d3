# step: pause
kubectl rollout pause deployment/blog

# step: batch
kubectl set image deployment/blog blog=sim.tabernetes.dev/web:v2

kubectl set env deployment/blog THEME=dark

kubectl set resources deployment/blog --requests=cpu=50m,memory=32Mi

# step: scale
kubectl scale deployment/blog --replicas=6

# step: resume
kubectl rollout resume deployment/blog
