# step: look
kubectl get deployments,replicasets,pods,services

# step: repair
kubectl describe pods -l app=shop

kubectl patch deployment shop --patch '{"spec":{"template":{"spec":{"containers":[{"name":"shop","livenessProbe":{"httpGet":{"port":80}}}]}}}}'

kubectl rollout status deployment/shop
