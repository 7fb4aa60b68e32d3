# step: hand
kubectl set env deployment/blog --containers=blog MODE=fast

kubectl rollout status deployment/blog

# step: apply
kubectl diff -f v2.yaml || true
kubectl apply -f v2.yaml
kubectl set env deployment/blog --list

# step: replace
kubectl replace -f v2.yaml

# step: patch
kubectl patch deployment blog --patch-file image.yaml
