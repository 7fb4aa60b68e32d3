# step: replace
kubectl apply -f v2.yaml
