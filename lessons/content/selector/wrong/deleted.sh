# step: replace
kubectl delete deployment news

kubectl apply -f new-selector.yaml
