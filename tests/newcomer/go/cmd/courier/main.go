package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/courier/internal/dispatch"
	"example.com/courier/internal/store"
)

func main() {
	client := redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS_ADDR")})
	handler := dispatch.NewHandler(store.New(client))
	server := &http.Server{Addr: ":8080", Handler: handler.Routes(), ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); err != nil {
		log.Fatal(err)
	}
}
