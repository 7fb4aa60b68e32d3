# step: limits
kubectl patch deployment web --patch-file limits.yaml

# step: readiness
kubectl patch deployment web --patch-file readiness.yaml

# step: liveness
kubectl patch deployment web --patch-file liveness.yaml

# step: goodbye
kubectl patch deployment web --patch-file goodbye.yaml

# step: update
kubectl set image deployment/web web=sim.tabernetes.dev/web:v2

kubectl rollout status deployment/web
