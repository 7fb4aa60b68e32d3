# step: patch
kubectl patch deployment blog --type=merge --patch-file image.yaml
