# step: out
kubectl patch quota team --patch '{"spec":{"hard":{"requests.cpu":"2500m"}}}'
