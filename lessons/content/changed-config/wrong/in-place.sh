# step: name
kubectl patch configmap greeting --patch '{"data":{"COLOR":"red"}}'

kubectl rollout restart deployment/greeting
