# step: patience
kubectl patch deployment mail --patch '{"spec":{"minReadySeconds":5}}'
