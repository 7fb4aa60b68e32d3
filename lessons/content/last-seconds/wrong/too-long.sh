# step: hook
kubectl patch deployment api --patch '{"spec":{"template":{"spec":{"containers":[{"name":"api","lifecycle":{"preStop":{"sleep":{"seconds":40}}}}]}}}}'
