# step: return
kubectl delete node node-2
