# step: service
kubectl patch service news --patch '{"spec":{"selector":{"app.kubernetes.io/name":"news"}}}'
