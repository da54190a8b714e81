package dispatch

import (
	"encoding/json"
	"net/http"

	"example.com/courier/internal/store"
)

// Handler answers where a parcel is, and sends couriers out.
type Handler struct {
	parcels *store.Parcels
}

// NewHandler makes one.
func NewHandler(parcels *store.Parcels) *Handler {
	return &Handler{parcels: parcels}
}

// Routes are its addresses.
func (h *Handler) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /parcels/{id}", h.where)
	mux.HandleFunc("POST /parcels/{id}/dispatch", h.send)
	return mux
}

func (h *Handler) where(w http.ResponseWriter, r *http.Request) {
	place, err := h.parcels.Place(r.Context(), r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"place": place})
}

func (h *Handler) send(w http.ResponseWriter, r *http.Request) {
	taken, err := h.parcels.Claim(r.Context(), r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]bool{"taken": taken})
}
