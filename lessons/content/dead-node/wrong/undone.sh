# step: replaced
kubectl rollout undo deployment/radio
