# step: again
kubectl delete pods -l app=api --grace-period=0 --force
