using Attune.Benchmarks;

// benchmarks VERB …: the figures that docs/performance.md quotes, each as a ratio within one run.
var figures = new Figures(args.Contains("--json"));
return args.Where(argument => argument != "--json").ToArray() switch
{
    ["text", var shared] => TextBenchmark.Run(shared, figures),
    ["load", var shared] => LoadBenchmark.Run(shared, figures),
    [LoadBenchmark.OneVerb, var file] => LoadBenchmark.Once(file),
    ["mapping"] => MappingBenchmark.Run(figures),
    ["dequantize"] => DequantizeBenchmark.Run(figures),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Attune.Benchmarks text SHARED         encoding beside the tokenizers library
               Attune.Benchmarks load SHARED         first load of a tokenizer of 150,000 tokens beside the tokenizers library
               Attune.Benchmarks mapping             opening safetensors files of 20 MB and 2 GB
               Attune.Benchmarks dequantize          GGUF's Q4_1 beside a copy
        SHARED: the folder with data, tokenizers, models and python/run. --json: one object a line.
        """);
    return 64;
}
