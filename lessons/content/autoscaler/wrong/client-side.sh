# step: own
kubectl apply -f without-replicas.yaml
