# step: own
kubectl apply --server-side --force-conflicts -f release.yaml
