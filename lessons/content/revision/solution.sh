# step: outside
kubectl scale deployment/cart --replicas=3

kubectl label deployment/cart team=shop

kubectl patch deployment cart --patch '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":2}}}}'

# step: inside
kubectl set env deployment/cart CURRENCY=EUR

# step: restart
kubectl rollout restart deployment/cart

# step: away
kubectl set env deployment/cart CURRENCY-

# step: limit
kubectl patch deployment cart --patch '{"spec":{"revisionHistoryLimit":1}}'
