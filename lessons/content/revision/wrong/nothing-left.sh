# step: limit
kubectl patch deployment cart --patch '{"spec":{"revisionHistoryLimit":0}}'
