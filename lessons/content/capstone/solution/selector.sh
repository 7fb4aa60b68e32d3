# step: look
kubectl get deployments,replicasets,pods,services

# step: repair
kubectl get endpointslices

kubectl get pods --show-labels

kubectl set selector service shop app=shop
