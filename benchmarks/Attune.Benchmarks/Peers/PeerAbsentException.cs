namespace Attune.Benchmarks.Peers;

/// <summary>A side that cannot be run here; the table says why.</summary>
internal sealed class PeerAbsentException(string message) : Exception(message);
