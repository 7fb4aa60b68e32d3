# step: restart
kubectl delete pods -l app=cart
