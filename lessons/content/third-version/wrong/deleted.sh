# step: forward
kubectl delete pods -l app=news --wait=false
