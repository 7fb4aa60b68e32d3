# step: both
kubectl label pods --all app.kubernetes.io/name=news
