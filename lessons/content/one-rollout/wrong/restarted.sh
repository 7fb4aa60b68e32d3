# step: batch
kubectl set image deployment/blog blog=sim.tabernetes.dev/web:v2

kubectl rollout restart deployment/blog
