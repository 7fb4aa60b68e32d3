# step: back
kubectl delete pods -l app=shop --wait=false
