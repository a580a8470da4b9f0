namespace Attune.Benchmarks.Peers;

/// <summary>A run of one side. Pairs that need the same one share it.</summary>
/// <param name="Name">Tells it from all others, for people too.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>; null: what the machine is best at.</param>
/// <param name="Run">Runs it in a process of its own, in the precision that it came to.</param>
/// <param name="FlopsPerToken">Useful operations a token, for the share of the peak; null: not counted.</param>
internal sealed record Job(string Name, string? Precision, Func<Workshop, string, Measured> Run, double? FlopsPerToken = null)
{
    // SmolLM2-135M's shape: 30 layers of width 576, 3 of 9 heads for keys, feed-forward 1,536; 49,152 tokens. Counted as bench_train.py does:
    // forward 2 a weight and token and as much for the input's gradient, for a trained weight's own as much again.
    private const double Inner = 30 * ((576.0 * 576 * 2) + (2 * 576 * 192) + (3 * 576 * 1536));
    private const double Head = 576.0 * 49152;
    private const double LoraFlops = 4 * (Inner + Head);
    private const double FullFlops = 6 * (Inner + Head);

    // MiniLM-L6's shape: 6 layers of width 384, feed-forward 1,536; pooler and classifier see one token a row.
    private const double EncoderInner = 6 * ((4 * 384.0 * 384) + (2 * 384 * 1536));
    private const string EncoderLora = "{ lora: { rank: 8, alpha: 16, dropout: 0, targets: [query, value] } }";

    public static Job OurLora(string? precision) => new($"attune train, LoRA{Suffix(precision)}", precision, (shop, type) => OurTraining.Run(shop, type, "{ lora: { rank: 16, alpha: 32, dropout: 0, targets: all-linear } }"), LoraFlops);

    public static Job OurFull(string? precision) => new($"attune train, full{Suffix(precision)}", precision, (shop, type) => OurTraining.Run(shop, type, "full"), FullFlops);

    public static Job TheirLora(string? precision, bool grouped = false) => new($"bench_train.py{(grouped ? " --grouped" : "")}{Suffix(precision)}", precision,
        (shop, type) => PeerScript.Train(shop, "bench_train.py", ["--precision", type, .. grouped ? ["--grouped"] : Array.Empty<string>()]), LoraFlops);

    public static Job TheirFull(string? precision) => new($"bench_train.py --method full{Suffix(precision)}", precision,
        (shop, type) => PeerScript.Train(shop, "bench_train.py", ["--precision", type, "--method", "full"]), FullFlops);

    public static Job Prototype(string? precision) => new($"prototype_step.py{Suffix(precision)}", precision, (shop, type) => PeerScript.Train(shop, "prototype_step.py", ["--precision", type]), LoraFlops);

    public static Job OurGeneration(int batch, int prompt) => new($"attune generates, {batch} together, prompts of {prompt}", null, (shop, _) => GenerateOnce.InProcess(shop, batch, prompt));

    public static Job TheirGeneration(int batch) => new($"bench_generate.py --batch {batch}", null, (shop, type) => PeerScript.Generate(shop, ["--precision", type, "--batch", $"{batch}"]));

    public static Job OurEncoder(string precision, bool lora) => new($"attune train, encoder, {(lora ? "LoRA" : "full")}, {precision}", precision,
        (shop, type) => OurTraining.RunEncoder(shop, type, lora ? EncoderLora : "full"), (lora ? 4 : 6) * EncoderInner);

    public static Job TheirEncoder(string precision, bool lora) => new($"bench_encoder.py --method {(lora ? "lora" : "full")}, {precision}", precision,
        (shop, type) => PeerScript.Encoder(shop, ["--precision", type, "--method", lora ? "lora" : "full"]), (lora ? 4 : 6) * EncoderInner);

    public static Job OurEmbedding(string precision) => new($"attune embeds, {precision}", precision, EmbedOnce.InProcess);

    public static Job TheirEmbedding(string precision) => new($"bench_encoder.py --embed, {precision}", precision, (shop, type) => PeerScript.Encoder(shop, ["--precision", type, "--embed"]));

    public static Job Llama { get; } = new("llama bench", null, (shop, _) => LlamaBench.Run(shop));

    private static string Suffix(string? precision) => precision is null ? "" : $", {precision}";
}
