# step: lose
kubectl rollout restart deployment/api

kubectl rollout status deployment/api

# step: hook
kubectl patch deployment api --patch-file hook.yaml

# step: again
kubectl rollout restart deployment/api

# step: account
kubectl patch deployment api --patch-file report.yaml

kubectl rollout status deployment/api

kubectl delete $(kubectl get pods -l app=api --sort-by=.metadata.creationTimestamp -o name | tail -n 1) --wait=false

kubectl patch deployment api --patch '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":45}}}}'
