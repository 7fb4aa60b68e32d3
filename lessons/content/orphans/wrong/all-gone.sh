# step: orphan
kubectl delete deployment mail
