# step: repair
kubectl set env deployment/shop CURRENCY-
