# step: both
kubectl patch deployment news --patch-file both-labels.yaml

kubectl rollout status deployment/news

# step: service
kubectl patch service news --patch '{"spec":{"selector":{"app":null,"app.kubernetes.io/name":"news"}}}'
kubectl get service news -o wide

# step: replace
kubectl delete deployment news --cascade=orphan

kubectl apply -f new-selector.yaml

kubectl rollout status deployment/news
