# step: replace
kubectl replace --force -f new-selector.yaml
