# step: outside
kubectl label pods -l app=cart team=shop
