# step: repair
kubectl delete pods -l app=shop
