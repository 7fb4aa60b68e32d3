# step: account
kubectl patch deployment api --patch-file report.yaml

kubectl patch deployment api --patch '{"spec":{"template":{"spec":{"containers":[{"name":"api","lifecycle":{"preStop":{"sleep":{"seconds":25}}}}]}}}}'
