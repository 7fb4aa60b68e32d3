# step: name
kubectl patch deployment greeting --patch-file use-red.yaml
