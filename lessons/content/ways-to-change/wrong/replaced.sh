# step: apply
kubectl replace -f v2.yaml
