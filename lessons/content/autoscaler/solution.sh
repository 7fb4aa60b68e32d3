# step: autoscale
kubectl apply -f autoscaler.yaml

# step: release
kubectl apply -f release.yaml

# step: own
kubectl apply --server-side -f release.yaml || true

kubectl apply --server-side -f without-replicas.yaml

# step: next
sed 's/web:v2/web:v3/' without-replicas.yaml | kubectl apply --server-side -f -

kubectl rollout status deployment/api
