using Attune;
using Attune.Benchmarks;
using Attune.Benchmarks.Kernels;
using Attune.Benchmarks.Peers;

// benchmarks VERB …: the figures that docs/performance.md quotes, each as a ratio within one run.
var figures = new Figures(args.Contains("--json"));
try
{
    return await Run();
}
catch (AttuneException e)
{
    Console.Error.WriteLine(e.Message);
    return (int)e.ExitCode;
}

async Task<int> Run() => args.Where(argument => argument != "--json").ToArray() switch
{
    ["text", var shared] => TextBenchmark.Run(shared, figures),
    ["load", var shared] => LoadBenchmark.Run(shared, figures),
    [LoadBenchmark.OneVerb, var file] => LoadBenchmark.Once(file),
    ["mapping"] => MappingBenchmark.Run(figures),
    ["dequantize"] => DequantizeBenchmark.Run(figures),
    ["kernels", .. var rest] => KernelsBenchmark.Run(rest, args.Contains("--json") ? figures : null),
    ["peers", .. var rest] => PeersBenchmark.Run(rest, args.Contains("--json")),
    [Workshop.PeakVerb, var precision] => Workshop.PrintPeak(precision),
    [GenerateOnce.Verb, var model, var batch, var prompt] => await GenerateOnce.Run(model, int.Parse(batch), int.Parse(prompt)),
    [EmbedOnce.Verb, var model, var texts, var precision] => EmbedOnce.Run(model, texts, precision),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine($"""
        usage: Attune.Benchmarks text SHARED         encoding beside the tokenizers library
               Attune.Benchmarks load SHARED         first load of a tokenizer of 150,000 tokens beside the tokenizers library
               Attune.Benchmarks mapping             opening safetensors files of 20 MB and 2 GB
               Attune.Benchmarks dequantize          GGUF's Q4_1 beside a copy
        {KernelsBenchmark.Usage}
        {PeersOptions.Usage}
        SHARED: the folder with data, tokenizers, models and python/run. --json: one object a line.
        """);
    return 64;
}
